/* Scores of the MacroVectors of CVSS v4.0, in tenths, by EQ1 to EQ6 (specification, section 8.2, and the
 * look-up table published with it). NO_SCORE: no vector has these EQs, as EQ3 2 (no high impact) rules out
 * EQ6 0. */
#ifndef PLIMSOLL_VULN_CVSS4_TABLE_H
#define PLIMSOLL_VULN_CVSS4_TABLE_H

#include <stdint.h>

enum { NO_SCORE = 255 };

/* clang-format off */
static const uint8_t macro_scores[3][2][3][3][3][2] = {
    {
        {
            {{{100, 99}, {98, 95}, {95, 92}}, {{100, 96}, {93, 87}, {91, 81}}, {{93, 90}, {89, 80}, {81, 68}}},
            {{{98, 95}, {95, 92}, {90, 84}}, {{93, 92}, {89, 81}, {81, 65}}, {{88, 80}, {78, 70}, {69, 48}}},
            {{{NO_SCORE, 92}, {NO_SCORE, 82}, {NO_SCORE, 72}}, {{NO_SCORE, 79}, {NO_SCORE, 69}, {NO_SCORE, 50}}, {{NO_SCORE, 69}, {NO_SCORE, 55}, {NO_SCORE, 27}}},
        },
        {
            {{{99, 97}, {95, 92}, {92, 85}}, {{95, 91}, {90, 83}, {84, 71}}, {{92, 81}, {82, 71}, {72, 53}}},
            {{{95, 93}, {92, 85}, {85, 73}}, {{92, 82}, {80, 72}, {70, 59}}, {{84, 70}, {71, 52}, {50, 30}}},
            {{{NO_SCORE, 86}, {NO_SCORE, 75}, {NO_SCORE, 52}}, {{NO_SCORE, 71}, {NO_SCORE, 52}, {NO_SCORE, 29}}, {{NO_SCORE, 63}, {NO_SCORE, 29}, {NO_SCORE, 17}}},
        },
    },
    {
        {
            {{{98, 95}, {94, 87}, {91, 81}}, {{94, 89}, {86, 74}, {77, 64}}, {{87, 75}, {74, 63}, {63, 49}}},
            {{{94, 89}, {88, 77}, {76, 67}}, {{86, 76}, {74, 58}, {59, 50}}, {{72, 57}, {57, 52}, {52, 25}}},
            {{{NO_SCORE, 83}, {NO_SCORE, 70}, {NO_SCORE, 54}}, {{NO_SCORE, 65}, {NO_SCORE, 58}, {NO_SCORE, 26}}, {{NO_SCORE, 53}, {NO_SCORE, 21}, {NO_SCORE, 13}}},
        },
        {
            {{{95, 90}, {88, 76}, {76, 70}}, {{90, 77}, {75, 62}, {61, 53}}, {{77, 66}, {68, 59}, {52, 30}}},
            {{{89, 78}, {76, 67}, {62, 58}}, {{74, 59}, {57, 57}, {47, 23}}, {{61, 52}, {57, 29}, {24, 16}}},
            {{{NO_SCORE, 71}, {NO_SCORE, 59}, {NO_SCORE, 30}}, {{NO_SCORE, 58}, {NO_SCORE, 26}, {NO_SCORE, 15}}, {{NO_SCORE, 23}, {NO_SCORE, 13}, {NO_SCORE, 6}}},
        },
    },
    {
        {
            {{{93, 87}, {86, 72}, {75, 58}}, {{86, 74}, {74, 61}, {56, 34}}, {{70, 54}, {52, 40}, {40, 22}}},
            {{{85, 75}, {74, 55}, {62, 51}}, {{72, 57}, {55, 41}, {46, 19}}, {{53, 36}, {34, 19}, {19, 8}}},
            {{{NO_SCORE, 64}, {NO_SCORE, 51}, {NO_SCORE, 20}}, {{NO_SCORE, 47}, {NO_SCORE, 21}, {NO_SCORE, 11}}, {{NO_SCORE, 24}, {NO_SCORE, 9}, {NO_SCORE, 4}}},
        },
        {
            {{{88, 75}, {73, 53}, {60, 50}}, {{73, 55}, {59, 40}, {41, 20}}, {{54, 43}, {45, 22}, {20, 11}}},
            {{{75, 55}, {58, 45}, {40, 21}}, {{61, 51}, {48, 18}, {20, 9}}, {{46, 18}, {17, 7}, {8, 2}}},
            {{{NO_SCORE, 53}, {NO_SCORE, 24}, {NO_SCORE, 14}}, {{NO_SCORE, 24}, {NO_SCORE, 12}, {NO_SCORE, 5}}, {{NO_SCORE, 10}, {NO_SCORE, 3}, {NO_SCORE, 1}}},
        },
    },
};
/* clang-format on */

#endif
